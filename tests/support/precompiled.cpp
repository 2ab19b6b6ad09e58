// Carries the precompiled headers that the tests share; see cmake/AddProjectTest.cmake.
